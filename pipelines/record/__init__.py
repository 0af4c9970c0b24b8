"""The built-in record: how it is made of the folder of real files, and how a warehouse takes it in."""
