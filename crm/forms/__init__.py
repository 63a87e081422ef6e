"""The shape of what people type: choices limited to what they may see and credit. Forms never save."""
