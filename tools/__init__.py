"""Commands of the project: front-end assets, running, pictures."""
