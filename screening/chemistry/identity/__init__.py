"""Identity: keys that say when two complexes are one determination, compound or skeleton."""
