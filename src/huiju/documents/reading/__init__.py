"""Reading the words of a stored file, in a child process that can do nothing else.

`box` starts the child and hands on its lines; `word` and `plain` turn a file into lines, pypdf does
so for PDF. The child imports only these modules, `kernel.confinement`, the standard library,
defusedxml and pypdf: no Django, no settings, no network.
"""
