"""What becomes of an answer: compressed, tagged, given again from memory."""
