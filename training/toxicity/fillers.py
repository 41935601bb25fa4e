"""Function words. Alone or in pairs they are no features of an attack."""

_FILLERS = """
    a an the this that these those it its he him his she her hers they them their theirs we us our ours i me my mine
    myself himself herself itself themselves ourselves who whom whose which what where when why how there here
    am is are was were be been being do does did done doing have has had having will would shall should can could may
    might must ll ve re s t d m don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ain im ive
    id dont doesnt didnt isnt arent cant wont thats whats and or but nor so if then than because as while although
    though until unless since of to in on at by for with from into onto about over under after before between through
    during without within against up down out off again not no yes just only even also too very really quite rather more
    most much many some any all each every other another such same own both few less least one two three once ever never
    always often sometimes still yet already now then today get got go goes going went gone come came make made say says
    said saying see look like thing things way people person guy time day year back well good new first last lot know
    think want need use let take give tell oh ok yeah hey lol omg please thanks thank com http https www rt amp mr ms
    mrs
"""
FILLERS = frozenset(_FILLERS.split())
