"""The state's single sign-on: pages know people and means; each protocol has one module that writes its answers."""
