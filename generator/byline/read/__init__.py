"""Reading: files in, typed documents and problems out."""
