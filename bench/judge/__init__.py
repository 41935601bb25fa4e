"""The shipped prior beside the filters that can be had ready-made, all on the same comments in the same run."""
