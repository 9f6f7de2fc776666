"""channelsim: does a multichannel strategy free specialist time, and who pays for it?"""

__version__ = "0.1.0"
