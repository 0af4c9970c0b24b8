"""Official acts: documents of registers, a reviewed record, and what lists show, put together (``gathered``)."""
