"""Putting a site on a host, and taking it back. `hosts.HOSTS` lists every kind of host."""
