"""Preview: an editor writes and sees, at once. A server that shows pages, and a keeper that makes them."""
