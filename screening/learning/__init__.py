"""Learning: data sets, grouped splits, baselines, training and evaluation."""
