"""smmdb on the command line: parse, call one use case, print."""
