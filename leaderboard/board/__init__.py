"""From records to boards as frozen values: sorted into cells, compared, ranked, and put into columns and sentences."""
