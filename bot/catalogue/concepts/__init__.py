"""The concept model: which concepts of the thesaurus a question means, and which services of a town they are.

Steps: words and pieces of words (features) → how much each speaks for each concept, counted once from the thesaurus
(learning) → probabilities of concepts for a question (model) → the town's services for each concept (offers).
"""
