"""Pages for people who look: what is known of a pair of states as one HTML file, and each of its charts as a picture.

``holdings`` reads rows with the queries in ``sql/report``; ``charts`` makes pictures of rows and ``page`` the page of pictures,
both pure; ``made`` writes the pages of the pairs that a setting names.
"""
