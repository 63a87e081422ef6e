"""What is typed about agreements. Forms check its shape; agreements.services changes things."""
