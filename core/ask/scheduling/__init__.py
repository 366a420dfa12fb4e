"""The pure parts of scheduled questions: when they are asked, on which condition their answers are posted."""
