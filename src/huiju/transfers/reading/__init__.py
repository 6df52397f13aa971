"""Reading spreadsheets written by strangers, in a child process that can do nothing else.

`box` starts the child and hands its answers on; `guards` refuses what must not be parsed; `xlsx`,
`xls` and `delimited` turn a file into the rows of `grid`. The child imports only these modules,
`kernel.confinement`, the standard library, defusedxml, python-calamine and olefile: no Django, no settings, no network.
"""
