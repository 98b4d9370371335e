"""Facts of a case in what a practitioner types: the parts of the reader, each of one kind of fact."""
