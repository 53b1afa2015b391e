"""The box for other programs: JSON-RPC 2.0 and plain words on CCDciel's port; docs/jsonrpc.md has them."""
