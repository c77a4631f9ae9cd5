"""Pages: one module a kind of page, its view and what it plans."""
