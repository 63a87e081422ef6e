"""Answers across the rows of people and teams."""
