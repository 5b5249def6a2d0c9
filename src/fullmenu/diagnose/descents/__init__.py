"""Double descent: where the interpolation threshold lies, and whether test error peaks there."""
