"""The site: pages for people who never write SPARQL; each is made in a worker, within the limits of a query."""
