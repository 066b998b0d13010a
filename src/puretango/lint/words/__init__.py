"""Words and units: how names are split, and the lists that rules look into."""
