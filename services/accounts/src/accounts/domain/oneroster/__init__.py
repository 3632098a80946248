"""OneRoster CSV, the form in which districts give their roster (1EdTech OneRoster CSV 1.1 and 1.2)."""
