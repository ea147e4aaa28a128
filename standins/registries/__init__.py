"""The state registries FPR, VID and VIIS, each answering for the ready-made people."""
