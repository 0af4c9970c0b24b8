"""China: countermeasures of the Ministry of Foreign Affairs, lists of the Ministry of Commerce."""
