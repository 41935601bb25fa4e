"""Compare the shipped prior model with ready-made spam filters, on the same comments in the same run."""
