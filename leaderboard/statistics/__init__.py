"""From a run to a few numbers, from numbers to intervals, ranks and tests; nothing here knows of pages."""
