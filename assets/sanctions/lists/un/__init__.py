"""The United Nations: consolidated list of the Security Council."""
