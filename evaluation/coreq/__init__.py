"""What a paper on interviews has to say of how they were done: COREQ, filled in from the records where they know it.

Source: Tong A, Sainsbury P, Craig J. Consolidated criteria for reporting qualitative research (COREQ): a 32-item
checklist for interviews and focus groups. Int J Qual Health Care 2007;19(6):349-357. Numbers and names of the items are
theirs, the questions are put in this service's words.
"""
