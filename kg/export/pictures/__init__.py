"""How a network becomes a picture: cards, units, a layout, a page, and the writers of SVG and of PNG and PDF."""
