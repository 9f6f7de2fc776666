"""Worlds with known answers: run until the answer is precise enough, then judged by one rule."""
