"""What every app may use: no models, imports no app."""
