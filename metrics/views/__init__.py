"""The stream of news, the builder of conditions, and the pages of own measures and saved segments."""
