"""When scheduled questions are asked, and on which condition their answers are posted."""
