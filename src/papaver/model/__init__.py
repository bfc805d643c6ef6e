"""What things are: records, vocabularies, findings, views, analyses. No I/O, and nothing else of Papaver."""
