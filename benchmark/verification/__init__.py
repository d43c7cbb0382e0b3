"""Training runs of records again, in processes of their own, and holding what comes out against the records.

`again` carries them out with the ordinary sweep, `comparable` says which machines and versions can give the same bits,
`replay` draws runs and `fresh` takes seeds that nobody knew; both end as a verification (`leaderboard/verification/`).
"""
