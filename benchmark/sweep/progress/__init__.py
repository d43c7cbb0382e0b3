"""How far a sweep is, for whoever watches: a bar, lines, or JSON lines, and a file that tells it to another shell.

What a stack will cost by earlier records is corrected by what is seen (`forecast.py`), and `watch.py` hands it to
all displays. The sweep itself knows of none of them.
"""
