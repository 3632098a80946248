"""The rules of mail: pure, without I/O, importing nothing of ours outside itself."""
