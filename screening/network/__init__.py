"""Network: the 3D ResNet and its weights."""
