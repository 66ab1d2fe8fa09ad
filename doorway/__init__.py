"""Floor 5: all Flask that is no page. Binding, gates, headers, refusals as pages, languages, form keys."""
