"""Words that people here put into passwords and English lists lack, the likeliest first."""

_WORDS = """
haslo hasło dzwonek librus polska vulcan szkola szkoła klasa dziennik uczen uczeń uczennica nauczyciel rodzic
mama tata kocham kochamcie kochanie misiaczek myszka kotek piesek kwiatek slonko słonko słoneczko sloneczko
aniolek aniołek rodzina konto zaq12wsx qwerty dupa legia widzew lechia wisla wisła krakow kraków warszawa gdansk
gdańsk poznan poznań wroclaw wrocław lodz łódź styczen styczeń luty marzec kwiecien kwiecień maj czerwiec lipiec
sierpien sierpień wrzesien wrzesień pazdziernik październik listopad grudzien grudzień wiosna lato jesien jesień
zima poniedzialek poniedziałek
anna maria katarzyna malgorzata małgorzata agnieszka barbara ewa magdalena elzbieta elżbieta joanna krystyna
aleksandra monika natalia zuzanna julia zofia hanna maja lena alicja oliwia wiktoria amelia emilia karolina
weronika kinga paulina marta dorota beata iwona kasia basia gosia asia ania ola zosia kuba tomek
piotr krzysztof andrzej tomasz pawel paweł jan michal michał marcin jakub adam marek lukasz łukasz grzegorz mateusz
wojciech mariusz dariusz zbigniew maciej rafal rafał robert kamil jacek dawid szymon kacper bartosz sebastian
patryk filip antoni franciszek aleksander mikolaj mikołaj wiktor igor oskar stanislaw stanisław
пароль школа україна украина дзвоник київ мама тато учень вчитель клас любов сонечко котик parol ukraina ukrayina
oleksandr olena andriy iryna oksana tetiana олександр олена андрій наталія ірина оксана тетяна
софія марія анна дмитро сергій володимир іван максим артем йцукен
"""

GUESSABLE_WORDS = tuple(_WORDS.split())
