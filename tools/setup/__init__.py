"""Steps that bring a bare machine to a running product, each idempotent."""
