"""Government on top of the general engine: cases, their clocks, papers and ways out."""
