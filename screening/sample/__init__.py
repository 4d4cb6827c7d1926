"""Sample: synthetic crystal structures and findings, built from chemistry, never from a paper."""
