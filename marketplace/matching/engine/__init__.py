"""The arrays behind the ranker: an exact index of profiles, in segments that never change once made.

``kernels`` holds the loops, ``postings`` one inverted index, ``segment`` everything kept of some profiles,
``table`` the profiles as they stand now (a large segment, a small one of what changed, and who is gone),
``store`` their files, which all workers of a machine map into memory and share.
"""
