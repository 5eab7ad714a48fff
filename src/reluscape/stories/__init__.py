"""The stories: results of the rooms below put into words, reports and pages."""
