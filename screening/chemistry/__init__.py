"""Chemistry: what a complex is made of and which compound it belongs to."""
