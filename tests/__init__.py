"""What spans addons or needs several processes: stories, benches, browser."""
